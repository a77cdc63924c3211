"""Elastic Load Balancing v2: balancers with listeners and rules, and the groups of targets behind them."""
