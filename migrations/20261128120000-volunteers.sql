-- A volunteer who does what a plan says: named as the family knows them, with how they are reached. Who answers for it is a practitioner.
ALTER TABLE plan_entry ADD COLUMN volunteer TEXT NOT NULL DEFAULT '';
