"""What a package says about a picture that was never in the project."""
