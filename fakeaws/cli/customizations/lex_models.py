"""How the AWS CLI changes `lex-models`."""

RENAMES = {
    "get-intent": {"version": "intent-version"},
    "get-slot-type": {"version": "slot-type-version"},
    "delete-bot-version": {"version": "bot-version"},
    "delete-intent-version": {"version": "intent-version"},
    "delete-slot-type-version": {"version": "slot-type-version"},
    "get-export": {"version": "resource-version"},
}
