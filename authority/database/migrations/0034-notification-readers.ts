/** Up to when a user or service account has read its notifications. One row per reader, however many notifications there are. */
export const notificationReaders = `
create table notification_readers (reader_id {text} primary key, read_until {text} not null);
create index notification_readers_until on notification_readers (read_until);
`
