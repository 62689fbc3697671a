"""金融咨询拼团: two new customers ask for the same free consultation together, or one asks alone."""
