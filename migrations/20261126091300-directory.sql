-- The service directory: services of the area and of the directories it reads, what places they have, and where postcodes are.

-- How often the directory has changed: whoever keeps it in memory asks whether it is the same.
CREATE TABLE directory (
  area_id BIGINT NOT NULL PRIMARY KEY REFERENCES area (area_id),
  changes BIGINT NOT NULL
);

CREATE TABLE service (
  area_id BIGINT NOT NULL,
  service_id UUID NOT NULL,
  code TEXT NOT NULL CHECK (code <> ''),
  -- Whose directory it comes from; empty for the area's own.
  source TEXT NOT NULL,
  -- Who can be asked for it in the product; nobody for a service of somebody outside it.
  agency_id UUID,
  public BIGINT NOT NULL,
  -- As the Open Referral UK standard writes it.
  record TEXT NOT NULL,
  source_modified TEXT NOT NULL,
  change_no BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  withdrawn_at BIGINT,
  places BIGINT CHECK (places >= 0),
  wait_weeks BIGINT CHECK (wait_weeks >= 0),
  capacity_at BIGINT,
  capacity_by UUID,
  PRIMARY KEY (area_id, service_id),
  UNIQUE (area_id, code),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id),
  FOREIGN KEY (area_id, capacity_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((capacity_at IS NULL) = (places IS NULL))
);

CREATE INDEX service_changed ON service (area_id, change_no);
CREATE INDEX service_of_source ON service (area_id, source, seen_at);
CREATE INDEX service_of_agency ON service (area_id, agency_id);

-- What a service said of its places, each time.
CREATE TABLE service_capacity (
  area_id BIGINT NOT NULL,
  service_id UUID NOT NULL,
  said_at BIGINT NOT NULL,
  said_by UUID NOT NULL,
  places BIGINT NOT NULL,
  wait_weeks BIGINT,
  PRIMARY KEY (area_id, service_id, said_at),
  FOREIGN KEY (area_id, service_id) REFERENCES service (area_id, service_id),
  FOREIGN KEY (area_id, said_by) REFERENCES practitioner (area_id, practitioner_id)
);

-- Each reading of somebody else's directory.
CREATE TABLE directory_reading (
  area_id BIGINT NOT NULL,
  reading_id UUID NOT NULL,
  source TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  ended_at BIGINT,
  listed BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  problem TEXT NOT NULL,
  -- So much was gone from its list at once that nothing was withdrawn.
  too_much BIGINT NOT NULL,
  PRIMARY KEY (area_id, reading_id)
);

CREATE INDEX directory_reading_of ON directory_reading (area_id, source, began_at);

-- Entries of a source that are not services, kept until the source mends them.
CREATE TABLE directory_refused (
  area_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  problem TEXT NOT NULL,
  entry TEXT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, source, entry_id)
);

-- Where postcodes are, in millionths of a degree, as the operator's file says.
CREATE TABLE postcode (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  postcode TEXT NOT NULL,
  outward TEXT NOT NULL,
  latitude BIGINT NOT NULL,
  longitude BIGINT NOT NULL,
  PRIMARY KEY (area_id, postcode)
);

CREATE INDEX postcode_outward ON postcode (area_id, outward);
