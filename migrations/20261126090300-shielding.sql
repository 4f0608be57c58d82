-- What a shield leaves to do: a safeguarding lead decides about one that a practitioner put up, and looks again whether one is still needed.

CREATE TABLE shield_task (
  area_id BIGINT NOT NULL,
  task_id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('decide', 'review')),
  shield TEXT NOT NULL CHECK (shield IN ('location', 'existence')),
  reason TEXT NOT NULL CHECK (reason <> ''),
  asked_by UUID NOT NULL,
  owner_id UUID NOT NULL,
  due_on TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  answer TEXT CHECK (answer IN ('kept', 'ended')),
  answer_words TEXT NOT NULL DEFAULT '',
  done_by UUID,
  done_at BIGINT,
  PRIMARY KEY (area_id, task_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, asked_by) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((answer IS NULL) = (done_at IS NULL))
);

CREATE INDEX shield_task_of ON shield_task (area_id, person_id);
CREATE INDEX shield_task_owned ON shield_task (area_id, owner_id, due_on) WHERE done_at IS NULL;
