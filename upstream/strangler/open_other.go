//go:build !unix

package strangler

// atOnce is nothing where a folder has no pipes in it.
const atOnce = 0
