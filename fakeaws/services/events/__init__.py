"""Amazon EventBridge: buses, rules and their targets, and the events that pass through them.

A public function is the operation of its name, in the terms of the AWS API reference. Archives, connections and what
else is not found here is declared in shapes/events.toml.
"""
