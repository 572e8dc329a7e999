"""What can be trained; read by the window, so nothing here loads torch."""

from __future__ import annotations

from studio.api.engine import Architecture, InputSpec

_HERE = "studio_models_torchvision"
_GREY = InputSpec(width=28, height=28, channels=1, mean=(0.5,), std=(0.5,))
_PHOTO = InputSpec(width=224, height=224)
_SCENE = InputSpec(width=320, height=240, fit="letterbox")


def _photo(name: str, title: str, weights: str) -> Architecture:
    return Architecture(
        name=name,
        task="classification",
        title=title,
        build=f"{_HERE}.classifiers:{name}",
        input=_PHOTO,
        pretrained=f"{weights}_Weights.DEFAULT",
    )


ALL = (
    Architecture(
        name="small_cnn",
        task="classification",
        title="Small CNN, grey, 28 px: digits and icons, trains on a CPU in minutes",
        build=f"{_HERE}.classifiers:small_cnn",
        input=_GREY,
        explained_layer="features",
    ),
    _photo("mobilenet_v3_small", "MobileNet V3 small: quick, for devices", "MobileNet_V3_Small"),
    _photo("mobilenet_v3_large", "MobileNet V3 large: for devices", "MobileNet_V3_Large"),
    _photo("resnet18", "ResNet-18: a sound first choice for photos", "ResNet18"),
    _photo("resnet50", "ResNet-50: more capacity", "ResNet50"),
    _photo("efficientnet_b0", "EfficientNet-B0: accurate for its size", "EfficientNet_B0"),
    _photo("convnext_tiny", "ConvNeXt tiny: strong with published weights", "ConvNeXt_Tiny"),
    Architecture(
        name="fcos_small",
        task="detection",
        title="FCOS small, 320 × 240 px: learns from scratch on a CPU",
        build=f"{_HERE}.detectors:fcos_small",
        input=_SCENE,
    ),
    Architecture(
        name="fcos_resnet18",
        task="detection",
        title="FCOS with ResNet-18, 640 × 480 px: for a GPU or published weights",
        build=f"{_HERE}.detectors:fcos_resnet18",
        input=InputSpec(width=640, height=480, fit="letterbox"),
        pretrained="ResNet18_Weights.DEFAULT",
    ),
    Architecture(
        name="fcos_mobilenet_v3",
        task="detection",
        title="FCOS with MobileNet V3 large, 320 × 320 px: for devices",
        build=f"{_HERE}.detectors:fcos_mobilenet_v3",
        input=InputSpec(width=320, height=320, fit="letterbox"),
        pretrained="MobileNet_V3_Large_Weights.DEFAULT",
    ),
)
