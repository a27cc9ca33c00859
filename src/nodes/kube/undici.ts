/**
 * What is used of undici, to be imported lazily: undici is CommonJS, and a bundler gives a dynamic import of that only
 * a default export, where Node itself gives the names.
 */
export {Pool} from 'undici';
