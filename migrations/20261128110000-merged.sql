-- The code of the agency that another is part of now: nobody is asked of the one that is no more.
ALTER TABLE agency ADD COLUMN merged_into TEXT;
