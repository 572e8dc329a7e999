"""Plots: curves that grow, and matrices to click on."""
