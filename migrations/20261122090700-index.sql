-- The practitioner index: who looked whom up and why, messages to services that are not named, and looks that somebody answers for.

CREATE TABLE index_look (
  area_id BIGINT NOT NULL,
  look_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  reason_code TEXT NOT NULL CHECK (reason_code <> ''),
  reason TEXT NOT NULL CHECK (reason <> ''),
  looked_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, look_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX index_look_by ON index_look (area_id, practitioner_id, looked_at);

CREATE TABLE index_found (
  area_id BIGINT NOT NULL,
  look_id UUID NOT NULL,
  person_id UUID NOT NULL,
  PRIMARY KEY (area_id, look_id, person_id),
  FOREIGN KEY (area_id, look_id) REFERENCES index_look (area_id, look_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

-- A message to whatever services are involved and not named; one row for each of them.
CREATE TABLE broker_message (
  area_id BIGINT NOT NULL,
  message_id UUID NOT NULL,
  sent_id UUID NOT NULL,
  person_id UUID NOT NULL,
  sender_id UUID NOT NULL,
  to_agency_id UUID NOT NULL,
  words TEXT NOT NULL CHECK (words <> ''),
  sent_at BIGINT NOT NULL,
  owner_id UUID NOT NULL,
  due_on TEXT NOT NULL,
  answered_at BIGINT,
  answered_by UUID,
  answer TEXT CHECK (answer IN ('contact', 'none')),
  answer_words TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (area_id, message_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, sender_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, to_agency_id) REFERENCES agency (area_id, agency_id),
  CHECK ((answered_at IS NULL) = (answer IS NULL))
);

CREATE INDEX broker_message_sent ON broker_message (area_id, sender_id, sent_at);
CREATE INDEX broker_message_owned ON broker_message (area_id, owner_id, due_on) WHERE answered_at IS NULL;
CREATE INDEX broker_message_to ON broker_message (area_id, to_agency_id, due_on) WHERE answered_at IS NULL;

-- A look that is unusual: somebody sees it and says what came of it. It accuses nobody.
CREATE TABLE look_alert (
  area_id BIGINT NOT NULL,
  alert_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  person_id UUID NOT NULL,
  patterns TEXT NOT NULL CHECK (patterns <> ''),
  reason TEXT NOT NULL,
  looked_at BIGINT NOT NULL,
  owner_id UUID NOT NULL,
  due_on TEXT NOT NULL,
  seen_at BIGINT,
  seen_by UUID,
  seen_words TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (area_id, alert_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK (owner_id <> practitioner_id),
  CHECK (seen_at IS NULL OR seen_words <> '')
);

CREATE INDEX look_alert_owned ON look_alert (area_id, owner_id, due_on) WHERE seen_at IS NULL;
CREATE INDEX look_alert_of ON look_alert (area_id, practitioner_id, looked_at);
