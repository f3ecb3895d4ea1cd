/** A random mark for each change: after a restore another change may have the number, kind and key of one that was read. */
export const changeMarks = `
alter table changes add column mark {text};
`
