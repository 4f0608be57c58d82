-- Who asked first, where whoever asked has left and somebody else answers for it.
ALTER TABLE referral ADD COLUMN first_sender_id UUID;
ALTER TABLE share_request ADD COLUMN first_asker_id UUID;
