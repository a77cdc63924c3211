"""How the AWS CLI changes `polly`."""

REMOVED = ("start-speech-synthesis-stream",)
