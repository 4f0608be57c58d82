-- What holds somebody to something: an action on the side of enforcement, with its kind, who ordered it or with whom it is agreed, from
-- when, and what may follow where it is not kept. Until when is the action's own day. It comes with the action, and stays.
CREATE TABLE plan_measure (
  area_id BIGINT NOT NULL,
  entry_id UUID NOT NULL,
  kind TEXT NOT NULL,
  authority TEXT NOT NULL CHECK (authority <> ''),
  from_on TEXT NOT NULL,
  if_not TEXT NOT NULL CHECK (if_not <> ''),
  PRIMARY KEY (area_id, entry_id),
  FOREIGN KEY (area_id, entry_id) REFERENCES plan_entry (area_id, entry_id)
);

-- That it was not kept: what happened, and the action of the plan that answers it. It is read as what was not kept is.
CREATE TABLE plan_breach (
  area_id BIGINT NOT NULL,
  breach_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  happened_on TEXT NOT NULL,
  words TEXT NOT NULL CHECK (words <> ''),
  answer_id UUID,
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, breach_id),
  FOREIGN KEY (area_id, entry_id) REFERENCES plan_measure (area_id, entry_id),
  FOREIGN KEY (area_id, answer_id) REFERENCES plan_entry (area_id, entry_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX plan_breach_of ON plan_breach (area_id, entry_id, recorded_at);
