"""金融客户签到积分: one check-in and one fact a day; days become free services, and so do points."""
