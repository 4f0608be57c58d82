-- Changes of circumstance that somebody looks at: what each rests on, whose it is, and what came of it.

CREATE TABLE signal (
  area_id BIGINT NOT NULL,
  signal_id UUID NOT NULL,
  person_id UUID NOT NULL,
  definition TEXT NOT NULL CHECK (definition <> ''),
  raised_at BIGINT NOT NULL,
  owner_id UUID NOT NULL,
  due_on TEXT NOT NULL,
  passed_on_at BIGINT,
  answer TEXT CHECK (answer IN ('acted', 'known', 'not_relevant')),
  answer_words TEXT NOT NULL DEFAULT '',
  decided_by UUID,
  decided_at BIGINT,
  PRIMARY KEY (area_id, signal_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, decided_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((answer IS NULL) = (decided_at IS NULL)),
  CHECK (answer IS NULL OR (decided_by IS NOT NULL AND answer_words <> ''))
);

CREATE INDEX signal_of_person ON signal (area_id, person_id, definition);
CREATE INDEX signal_owned ON signal (area_id, owner_id, due_on) WHERE decided_at IS NULL;
CREATE INDEX signal_due ON signal (area_id, due_on) WHERE decided_at IS NULL;

-- What a signal rests on. `evidence` tells one thing that happened from another, though it is recorded anew.
CREATE TABLE signal_fact (
  area_id BIGINT NOT NULL,
  signal_id UUID NOT NULL,
  fact_id UUID NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (area_id, signal_id, fact_id),
  FOREIGN KEY (area_id, signal_id) REFERENCES signal (area_id, signal_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id)
);

-- Up to where what was recorded has been looked through.
CREATE TABLE signal_mark (
  area_id BIGINT PRIMARY KEY REFERENCES area (area_id),
  looked_to BIGINT NOT NULL
);

-- What nobody could be asked to look at, because nobody may read enough of it: kept once for each.
CREATE TABLE signal_unread (
  area_id BIGINT NOT NULL,
  person_id UUID NOT NULL,
  definition TEXT NOT NULL,
  evidence TEXT NOT NULL,
  noticed_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, person_id, definition, evidence),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX fact_to_signal ON fact (area_id, recorded_at, fact_id) WHERE kind IN ('need', 'circumstance', 'risk', 'event', 'relationship', 'birth');
