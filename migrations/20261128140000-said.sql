-- What is said of a plan by several eyes: what is to be different, how it goes for each need and each person, and what went well.
-- Nothing is changed: a later one takes its place. `seen_by` names somebody else who sees it so; where it is empty and nobody of the
-- family does, they are the author's own words.
CREATE TABLE plan_said (
  area_id BIGINT NOT NULL,
  said_id UUID NOT NULL,
  plan_id UUID NOT NULL,
  person_id UUID NOT NULL,
  need_id UUID,
  kind TEXT NOT NULL CHECK (kind IN ('outcome', 'progress', 'success')),
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'confidential', 'sensitive_service', 'restricted')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  seen_by TEXT NOT NULL,
  scale TEXT NOT NULL,
  words TEXT NOT NULL,
  said_on TEXT NOT NULL,
  PRIMARY KEY (area_id, said_id),
  FOREIGN KEY (area_id, plan_id) REFERENCES plan (area_id, plan_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK (words <> '' OR scale <> ''),
  CHECK (scale = '' OR kind = 'progress'),
  CHECK (kind <> 'outcome' OR need_id IS NOT NULL)
);

CREATE INDEX plan_said_of ON plan_said (area_id, plan_id, recorded_at);
CREATE INDEX plan_said_of_person ON plan_said (area_id, person_id, recorded_at);

-- Who of the family sees it so.
CREATE TABLE plan_said_by (
  area_id BIGINT NOT NULL,
  said_id UUID NOT NULL,
  person_id UUID NOT NULL,
  PRIMARY KEY (area_id, said_id),
  FOREIGN KEY (area_id, said_id) REFERENCES plan_said (area_id, said_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX plan_said_by_person ON plan_said_by (area_id, person_id);

-- How needs went stood among the parts of the plan until now.
INSERT INTO plan_said (area_id, said_id, plan_id, person_id, need_id, kind, class, agency_id, author_id, recorded_at, seen_by, scale, words, said_on)
SELECT e.area_id, e.entry_id, e.plan_id, e.person_id, e.need_id, e.kind, e.class, e.agency_id, e.author_id, e.recorded_at, '',
  e.scale, e.words, e.held_on
FROM plan_entry e WHERE e.kind = 'progress' AND e.held_on IS NOT NULL;

DELETE FROM plan_entry WHERE kind = 'progress' AND held_on IS NOT NULL;

-- What a link moved goes back when it is undone, wherever it stands now; what it was before is read from where it stands.
INSERT INTO person_move (area_id, link_id, moved_table, moved_key)
SELECT v.area_id, v.link_id, 'plan_said', v.moved_key FROM person_move v WHERE v.moved_table = 'plan_entry';

DELETE FROM past_row WHERE table_name = 'plan_entry' AND body LIKE '%"kind":"progress"%';
