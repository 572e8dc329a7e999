"""Operations on whole numbers, so that tests of the engine need no pictures."""

from studio.api.plugin import Plugin

plugin = Plugin(
    name="arithmetic",
    title="Arithmetic",
    api="0.1",
    operations=(
        "studio_arithmetic.deeds:number",
        "studio_arithmetic.deeds:add",
        "studio_arithmetic.deeds:half",
        "studio_arithmetic.deeds:count",
        "studio_arithmetic.deeds:fail",
        "studio_arithmetic.deeds:die",
        "studio_arithmetic.deeds:deaf",
        "studio_arithmetic.deeds:big",
        "studio_arithmetic.deeds:weigh",
    ),
)
