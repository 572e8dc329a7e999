"""The cellar where jobs are sent off: this machine, and hosts reached by SSH."""
