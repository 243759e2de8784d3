/** Other revisions of the project: which commit is meant, and its files in a folder of their own. Reads git, and writes nothing a user works with. */
export { commitsOf, fileAt, layOutFolder } from './history.ts';
export { linkModules } from './modules.ts';
export { isShallow, type Repository, remoteUrls, repositoryOf } from './repository.ts';
export { findRevision, type Revision } from './revision.ts';
export { addWorktree } from './worktree.ts';
