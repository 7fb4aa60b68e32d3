package provisioner

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v11/controller"
)

const (
	// ClassName is the name of the default StorageClass, as in kind and minikube.
	ClassName = "standard"
	// Name is the provisioner's name in StorageClasses, as in kind and k3s.
	Name = "rancher.io/local-path"
	// directory has the volumes on each machine's disk.
	directory = "/opt/local-path-provisioner"

	defaultClassAnnotation = "storageclass.kubernetes.io/is-default-class"
	// setUpTime is how long it takes to make a directory: in kind a pod does that,
	// whose image is on the node.
	setUpTime = 2 * time.Second

	// nodeAnnotation of a volume names the node whose disk has it.
	nodeAnnotation = "local.path.provisioner/selected-node"
)

// Options are what the provisioner needs from the cluster.
type Options struct {
	// Client makes and deletes volumes, and records events.
	Client kubernetes.Interface
	// Informers are shared with the other components. The caller starts them.
	Informers informers.SharedInformerFactory
	// Remove deletes a directory with all its content from a machine's disk. It
	// fails while the machine cannot be reached.
	Remove func(node, path string) error
}

// Provisioner is the provisioner, ready for Run.
type Provisioner struct {
	options Options
	loop    *controller.ProvisionController
}

// New builds the provisioner. ctx carries the logger and ends the event
// broadcaster that the library starts.
func New(ctx context.Context, options Options) (*Provisioner, error) {
	if options.Client == nil || options.Informers == nil || options.Remove == nil {
		return nil, errors.New("create provisioner: no client, no informers or no disks")
	}
	core := options.Informers.Core().V1()
	nodes := core.Nodes()
	nodes.Informer()
	loop := controller.NewProvisionController(ctx, named{options.Client}, Name, &localPath{remove: options.Remove},
		controller.LeaderElection(false),
		controller.Threadiness(1),
		controller.ClaimsInformer(core.PersistentVolumeClaims().Informer()),
		controller.VolumesInformer(core.PersistentVolumes().Informer()),
		controller.ClassesInformer(options.Informers.Storage().V1().StorageClasses().Informer()),
		controller.NodesLister(nodes.Lister()))
	return &Provisioner{options: options, loop: loop}, nil
}

// CreateClass creates the default StorageClass, as the tool that sets up a cluster
// does once. A class of that name stays as it is.
func (p *Provisioner) CreateClass(ctx context.Context) error {
	class := &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{
			Name:        ClassName,
			Annotations: map[string]string{defaultClassAnnotation: "true"},
		},
		Provisioner:       Name,
		ReclaimPolicy:     ptr.To(corev1.PersistentVolumeReclaimDelete),
		VolumeBindingMode: ptr.To(storagev1.VolumeBindingWaitForFirstConsumer),
	}
	_, err := p.options.Client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create StorageClass %q: %w", ClassName, err)
	}
	return nil
}

// Run provisions until ctx ends.
func (p *Provisioner) Run(ctx context.Context) error {
	p.loop.Run(ctx)
	return nil
}

// localPath makes volumes of directories. Its errors are those of the local path
// provisioner.
type localPath struct {
	remove func(node, path string) error
}

var _ controller.Provisioner = &localPath{}

// Provision implements controller.Provisioner. The directory itself is made by the
// kubelet when the first pod mounts it.
func (l *localPath) Provision(ctx context.Context, options controller.ProvisionOptions) (*corev1.PersistentVolume, controller.ProvisioningState, error) {
	claim := options.PVC
	if claim.Spec.Selector != nil {
		return nil, controller.ProvisioningFinished, errors.New("claim.Spec.Selector is not supported")
	}
	for _, mode := range claim.Spec.AccessModes {
		if mode != corev1.ReadWriteOnce && mode != corev1.ReadWriteOncePod {
			return nil, controller.ProvisioningFinished, errors.New("NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes")
		}
	}
	if options.SelectedNode == nil {
		return nil, controller.ProvisioningFinished, errors.New("configuration error, no node was specified")
	}
	select {
	case <-time.After(setUpTime):
	case <-ctx.Done():
		return nil, controller.ProvisioningNoChange, ctx.Err()
	}
	host := options.SelectedNode.Labels[corev1.LabelHostname]
	if host == "" {
		host = options.SelectedNode.Name
	}
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{
			Name:        options.PVName,
			Annotations: map[string]string{nodeAnnotation: options.SelectedNode.Name},
		},
		Spec: corev1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: ptr.Deref(options.StorageClass.ReclaimPolicy, corev1.PersistentVolumeReclaimDelete),
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    ptr.To(corev1.PersistentVolumeFilesystem),
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{
				Path: path.Join(directory, strings.Join([]string{options.PVName, claim.Namespace, claim.Name}, "_")),
				Type: ptr.To(corev1.HostPathDirectoryOrCreate),
			}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
				NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{
					{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{host}},
				}}},
			}},
		},
	}, controller.ProvisioningFinished, nil
}

// Delete implements controller.Provisioner.
func (l *localPath) Delete(_ context.Context, volume *corev1.PersistentVolume) error {
	source := volume.Spec.HostPath
	if source == nil {
		return fmt.Errorf("failed to delete volume %s: no HostPath set", volume.Name)
	}
	if err := l.remove(volume.Annotations[nodeAnnotation], source.Path); err != nil {
		return fmt.Errorf("failed to delete volume %s: %w", volume.Name, err)
	}
	return nil
}
