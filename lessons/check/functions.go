package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/cel/environment"
)

// The variables of an expression. cluster is behind the functions.
const (
	clusterVariable = "cluster"
	nowVariable     = "now"
	beganVariable   = "began"
)

// defaultNamespace is meant where an expression names none.
const defaultNamespace = "default"

// clusterType is the type of the snapshot that the functions look at.
var clusterType = types.NewObjectType("lessons.Cluster")

// function is one that expressions have. An author writes list("pods"); a macro
// makes it cluster.list("pods"), so that a program can be run over any snapshot.
type function struct {
	name string
	// arguments are how many strings it takes, at least and at most.
	least, most int
	// moment says that one more argument can follow, a timestamp.
	moment bool
	result *cel.Type
	call   func(on *view, texts []string, since time.Time) (any, error)
}

// functions are, with namespace "default" where none is given:
//
//	list(resource[, namespace])         the objects; namespace "" is all
//	get(resource, name[, namespace])    an object, empty when it is not there
//	exists(resource, name[, namespace])
//	podsOf(deployment[, namespace])     its pods by their owners, without those that are terminating
//	replicaSetsOf(deployment[, namespace])
//	rolledOut(deployment[, namespace])  whether its newest template is all there is, as kubectl rollout status says it
//	traffic(service[, since])           {ok, failed, byResult, byVersion}
//	timeline(deployment[, since])       [{time, desired, floor, ceiling, total, ready, available}]
//	commands()                          [{line, status, time}]
func functions() []function {
	objects, object := cel.ListType(cel.DynType), cel.DynType
	return []function{
		{name: "list", least: 1, most: 2, result: objects, call: func(on *view, texts []string, _ time.Time) (any, error) {
			return on.list(texts[0], namespaceOf(texts, 1))
		}},
		{name: "get", least: 2, most: 3, result: object, call: func(on *view, texts []string, _ time.Time) (any, error) {
			found, err := on.get(texts[0], texts[1], namespaceOf(texts, 2))
			if found == nil {
				found = map[string]any{}
			}
			return found, err
		}},
		{name: "exists", least: 2, most: 3, result: cel.BoolType, call: func(on *view, texts []string, _ time.Time) (any, error) {
			found, err := on.get(texts[0], texts[1], namespaceOf(texts, 2))
			return found != nil, err
		}},
		{name: "podsOf", least: 1, most: 2, result: objects, call: func(on *view, texts []string, _ time.Time) (any, error) {
			return on.podsOf(texts[0], namespaceOf(texts, 1))
		}},
		{name: "replicaSetsOf", least: 1, most: 2, result: objects, call: func(on *view, texts []string, _ time.Time) (any, error) {
			return on.ownedBy("replicasets", "Deployment", texts[0], namespaceOf(texts, 1))
		}},
		{name: "rolledOut", least: 1, most: 2, result: cel.BoolType, call: func(on *view, texts []string, _ time.Time) (any, error) {
			return on.rolledOut(texts[0], namespaceOf(texts, 1))
		}},
		{name: "traffic", least: 1, most: 1, moment: true, result: object, call: func(on *view, texts []string, since time.Time) (any, error) {
			return on.traffic(texts[0], since), nil
		}},
		{name: "timeline", least: 1, most: 2, moment: true, result: objects, call: func(on *view, texts []string, since time.Time) (any, error) {
			return on.timeline(texts[0], namespaceOf(texts, 1), since), nil
		}},
		{name: "commands", result: objects, call: func(on *view, _ []string, _ time.Time) (any, error) {
			return on.commands(), nil
		}},
	}
}

func namespaceOf(texts []string, at int) string {
	if len(texts) > at {
		return texts[at]
	}
	return defaultNamespace
}

// newEnvironment is Kubernetes' with ours.
func newEnvironment() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.Variable(clusterVariable, clusterType),
		cel.Variable(nowVariable, cel.TimestampType),
		cel.Variable(beganVariable, cel.TimestampType),
		conditionFunction(),
	}
	for _, f := range functions() {
		options = append(options, f.declarations()...)
	}
	set, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions:        options,
	})
	if err != nil {
		return nil, fmt.Errorf("make the environment of checks: %w", err)
	}
	return set.Env(environment.StoredExpressions)
}

// declarations are an overload for each number of arguments, and the macro.
func (f function) declarations() []cel.EnvOption {
	var options []cel.EnvOption
	overload := func(texts int, moment bool) {
		arguments := []*cel.Type{clusterType}
		id := fmt.Sprintf("cluster_%s_%d", f.name, texts)
		for range texts {
			arguments = append(arguments, cel.StringType)
		}
		if moment {
			arguments, id = append(arguments, cel.TimestampType), id+"_since"
		}
		options = append(options, cel.Function(f.name, cel.MemberOverload(id, arguments, f.result, cel.FunctionBinding(f.bind))))
	}
	for texts := f.least; texts <= f.most; texts++ {
		overload(texts, false)
		if f.moment {
			overload(texts, true)
		}
	}
	return append(options, cel.Macros(cel.GlobalVarArgMacro(f.name, f.expand)))
}

func (f function) expand(factory cel.MacroExprFactory, _ ast.Expr, arguments []ast.Expr) (ast.Expr, *cel.Error) {
	return factory.NewMemberCall(f.name, factory.NewIdent(clusterVariable), arguments...), nil
}

func (f function) bind(arguments ...ref.Val) ref.Val {
	on, ok := arguments[0].Value().(*view)
	if !ok {
		return types.MaybeNoSuchOverloadErr(arguments[0])
	}
	var texts []string
	var since time.Time
	for _, argument := range arguments[1:] {
		switch value := argument.Value().(type) {
		case string:
			texts = append(texts, value)
		case time.Time:
			since = value
		default:
			return types.MaybeNoSuchOverloadErr(argument)
		}
	}
	result, err := f.call(on, texts, since)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.DefaultTypeAdapter.NativeToValue(result)
}

// conditionFunction declares condition(object, type): that condition in the
// object's status, empty when it has none.
func conditionFunction() cel.EnvOption {
	return cel.Function("condition", cel.Overload("condition_object", []*cel.Type{cel.DynType, cel.StringType}, cel.DynType,
		cel.BinaryBinding(func(object, name ref.Val) ref.Val {
			found := map[string]any{}
			if content, ok := object.Value().(map[string]any); ok {
				status, _ := content["status"].(map[string]any)
				conditions, _ := status["conditions"].([]any)
				for _, one := range conditions {
					if condition, ok := one.(map[string]any); ok && condition["type"] == name.Value() {
						found = condition
					}
				}
			}
			return types.DefaultTypeAdapter.NativeToValue(found)
		})))
}

// isAbsent reports whether an expression has read what is not there. cel-go tells
// this by its texts alone; TestExpressions holds them.
func isAbsent(err error) bool {
	if errors.Is(err, errNoObjects) {
		return false
	}
	for _, text := range []string{"no such key", "index out of bounds"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}
