"""Dataset: deal pictures to splits and keep the versions."""
