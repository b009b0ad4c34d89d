-- The secrets of a provider's further credentials, by their labels, sealed as one.
ALTER TABLE providers ADD COLUMN credentials BLOB;
