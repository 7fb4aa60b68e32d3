package topology

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install" // as for core
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // conversion to the printers' types
	"k8s.io/kubernetes/pkg/printers"
	"k8s.io/kubernetes/pkg/printers/internalversion"
)

// columns are kubectl's columns, computed as the API server computes them: by
// upstream's printers, from the internal form of the object.
type columns struct {
	generator *printers.HumanReadableGenerator

	podReady, podStatus, podRestarts int
	nodeStatus                       int
	serviceIP, servicePorts          int
	autoscalerTargets                int
	claimStatus, claimCapacity       int
	volumeStatus, volumeCapacity     int
	volumeReclaimPolicy, volumeClaim int
}

func newColumns() (*columns, error) {
	columns := &columns{generator: printers.NewTableGenerator().With(internalversion.AddHandlers)}
	for _, wanted := range []struct {
		object runtime.Object
		name   string
		index  *int
	}{
		{&core.Pod{}, "Ready", &columns.podReady},
		{&core.Pod{}, "Status", &columns.podStatus},
		{&core.Pod{}, "Restarts", &columns.podRestarts},
		{&core.Node{}, "Status", &columns.nodeStatus},
		{&core.Service{}, "Cluster-IP", &columns.serviceIP},
		{&core.Service{}, "Port(s)", &columns.servicePorts},
		{&autoscaling.HorizontalPodAutoscaler{}, "Targets", &columns.autoscalerTargets},
		{&core.PersistentVolumeClaim{}, "Status", &columns.claimStatus},
		{&core.PersistentVolumeClaim{}, "Capacity", &columns.claimCapacity},
		{&core.PersistentVolume{}, "Status", &columns.volumeStatus},
		{&core.PersistentVolume{}, "Capacity", &columns.volumeCapacity},
		{&core.PersistentVolume{}, "Reclaim Policy", &columns.volumeReclaimPolicy},
		{&core.PersistentVolume{}, "Claim", &columns.volumeClaim},
	} {
		table, err := columns.generator.GenerateTable(wanted.object, printers.GenerateOptions{})
		if err != nil {
			return nil, fmt.Errorf("print columns of %T: %w", wanted.object, err)
		}
		*wanted.index = -1
		for index, definition := range table.ColumnDefinitions {
			if definition.Name == wanted.name {
				*wanted.index = index
			}
		}
		if *wanted.index < 0 {
			return nil, fmt.Errorf("print columns of %T: no column %q", wanted.object, wanted.name)
		}
	}
	return columns, nil
}

func (columns *columns) pod(pod *corev1.Pod) row { return columns.print(pod, &core.Pod{}) }

func (columns *columns) node(node *corev1.Node) row { return columns.print(node, &core.Node{}) }

func (columns *columns) service(service *corev1.Service) row {
	return columns.print(service, &core.Service{})
}

func (columns *columns) claim(claim *corev1.PersistentVolumeClaim) row {
	return columns.print(claim, &core.PersistentVolumeClaim{})
}

func (columns *columns) volume(volume *corev1.PersistentVolume) row {
	return columns.print(volume, &core.PersistentVolume{})
}

func (columns *columns) autoscaler(autoscaler *autoscalingv2.HorizontalPodAutoscaler) row {
	// The conversion to the internal form writes annotations.
	return columns.print(autoscaler.DeepCopy(), &autoscaling.HorizontalPodAutoscaler{})
}

// print returns the row of object; internal receives the conversion, which shares
// memory with object and is only read.
func (columns *columns) print(object, internal runtime.Object) row {
	if err := legacyscheme.Scheme.Convert(object, internal, nil); err != nil {
		utilruntime.HandleError(fmt.Errorf("print columns: convert %T: %w", object, err))
		return row{}
	}
	table, err := columns.generator.GenerateTable(internal, printers.GenerateOptions{NoHeaders: true})
	if err != nil || len(table.Rows) == 0 {
		utilruntime.HandleError(fmt.Errorf("print columns of %T: %w", object, err))
		return row{}
	}
	return row{table.Rows[0]}
}

// row is one printed line.
type row struct{ metav1.TableRow }

// text returns the text of a column, "" if there is none.
func (row row) text(column int) string {
	if column >= len(row.Cells) {
		return ""
	}
	return fmt.Sprint(row.Cells[column])
}

// leadingNumber returns the number at the beginning of a column: RESTARTS is
// printed as "3" or as "3 (10s ago)".
func (row row) leadingNumber(column int) int32 {
	var number int32
	if _, err := fmt.Sscan(row.text(column), &number); err != nil {
		return 0
	}
	return number
}
