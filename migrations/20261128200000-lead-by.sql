-- A family in support has a lead, or somebody who finds one by a day: whoever answers for it, until they lead or somebody else has accepted.
ALTER TABLE family ADD COLUMN lead_by TEXT;
