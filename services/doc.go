// Package services is the other side of the network: what other teams would
// run. Each folder below it is one service with its own data, its own HTTP
// answers and its own main, and legacy has two that are older; they share
// nothing at run time and never call one another.
//
// They know nothing of the BFFs and import none of their code. Only server.go
// embeds them, so that `go run .` needs nothing else.
package services
