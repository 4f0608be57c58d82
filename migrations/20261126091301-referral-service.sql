-- What a service was called when it was asked: a referral says so even when the directory has it no more.
ALTER TABLE referral ADD COLUMN service_name TEXT NOT NULL DEFAULT '';
