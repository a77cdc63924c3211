"""Amazon SES: addresses and domains that were verified, and the mail that was sent, which goes nowhere."""
