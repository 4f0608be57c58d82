-- Whether whoever is gone has left or is suspended, and who does their work since.
ALTER TABLE practitioner ADD COLUMN left_why TEXT CHECK (left_why IN ('left', 'suspended'));
ALTER TABLE practitioner ADD COLUMN left_to UUID;
