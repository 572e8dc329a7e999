"""The Train page: start trainings and watch them."""
