/** Other revisions of the project: finds a commit and checks its files out elsewhere. Leaves the user's files and index alone. */
export { commitsOf, fileAt, layOutFolder } from './history.ts';
export { linkModules } from './modules.ts';
export { isShallow, type Repository, remoteUrls, repositoryOf } from './repository.ts';
export { findRevision, type Revision } from './revision.ts';
export { addWorktree } from './worktree.ts';
