"""Ready campaigns, one file each; `campaigns.gallery` reads them."""
