"""Queues of pictures: what passes a filter, in an order, shared by the pages that show them."""
