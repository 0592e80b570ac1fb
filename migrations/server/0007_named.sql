-- The device whose log is taken for the hub's own on an admin's word, where the key that signs positions is lost.
ALTER TABLE heads ADD COLUMN named TEXT;
