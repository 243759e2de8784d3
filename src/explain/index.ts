/** Asks PostgreSQL for plans and decodes them. No other folder does either. */
export { decodePlan } from './decode.ts';
export { type ExplainContext, explainOnSource, explainQuery, sourceStatements } from './explain.ts';
export { unfitCases } from './fitting-values.ts';
export { hidingSetting } from './hidden-indexes-setting.ts';
export { readingFunctions } from './reading-functions.ts';
export { isGenericAfterFive } from './sixth-execution.ts';
export { type ViewDefinition, viewDefinitions } from './views.ts';
