"""What the AWS CLI makes of `polly`."""

REMOVED = ("start-speech-synthesis-stream",)
