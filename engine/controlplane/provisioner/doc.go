// Package provisioner makes and deletes the volumes of the cluster's default
// StorageClass: directories on the disks of the nodes, one for each claim, as the
// local path provisioner of kind and k3s does (rancher.io/local-path). The loop
// around it is the one that all provisioners outside of Kubernetes share,
// sigs.k8s.io/sig-storage-lib-external-provisioner.
//
// engine/cluster starts this package; it knows the cluster only through the API,
// and a machine's disk only as something that a directory can be removed from.
package provisioner
