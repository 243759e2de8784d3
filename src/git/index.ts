/** Other revisions of the project: which commit is meant, and its files in a folder of their own. Reads git, and writes nothing a user works with. */
export { linkModules } from './modules.ts';
export { type Repository, repositoryOf } from './repository.ts';
export { findRevision, type Revision } from './revision.ts';
export { addWorktree } from './worktree.ts';
