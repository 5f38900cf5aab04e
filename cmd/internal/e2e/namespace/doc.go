// Package namespace gives tests a machine of their own: namespaces of the Linux kernel for network, processes, mounts and host name, in which
// they may take every address and port, and from which nothing can leave. It serves the tests of the folders beside it, whose real
// programs know nothing of a simulated internet; it needs root, and stands behind the build tag of those tests.
//
// When the test process ends, in whatever way, the kernel ends all that it started.
package namespace
