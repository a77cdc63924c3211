"""How the AWS CLI changes `pinpoint`."""

RENAMES = {
    "get-campaign-version": {"version": "campaign-version"},
    "get-segment-version": {"version": "segment-version"},
    "delete-email-template": {"version": "template-version"},
    "delete-in-app-template": {"version": "template-version"},
    "delete-push-template": {"version": "template-version"},
    "delete-sms-template": {"version": "template-version"},
    "delete-voice-template": {"version": "template-version"},
    "get-email-template": {"version": "template-version"},
    "get-in-app-template": {"version": "template-version"},
    "get-push-template": {"version": "template-version"},
    "get-sms-template": {"version": "template-version"},
    "get-voice-template": {"version": "template-version"},
    "update-email-template": {"version": "template-version"},
    "update-in-app-template": {"version": "template-version"},
    "update-push-template": {"version": "template-version"},
    "update-sms-template": {"version": "template-version"},
    "update-voice-template": {"version": "template-version"},
}
