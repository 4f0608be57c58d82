-- Who wrote first to a service that is not named, where whoever wrote has left and somebody else reads the answer.
ALTER TABLE broker_message ADD COLUMN first_sender_id UUID;
