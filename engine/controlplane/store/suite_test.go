package store

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/features"
	storagetesting "k8s.io/apiserver/pkg/storage/testing"
	"k8s.io/apiserver/pkg/storage/value/encrypt/identity"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	featuregatetesting "k8s.io/component-base/featuregate/testing"
)

// Upstream's suite for any storage.Interface, k8s.io/apiserver/pkg/storage/testing,
// is run whole but for these tests. Each needs a store that decodes or decrypts
// when it reads; this one decodes before it commits (and when restored objects are
// adopted), so that nothing it holds can be unreadable. Custom resources it decodes
// when it reads, so two tests of watches run with them alone.
//
//	| left out                                    | because                                           |
//	|---------------------------------------------|---------------------------------------------------|
//	| RunTestTransformationFailure                | reads must fail where decryption does             |
//	| RunTestWatchWithUnsafeDelete                | a watch must report a corrupt deleted object      |
//	| RunTestGetListWithErrorAggregation          | a list must report corrupt objects                |
//	| RunTestGetListWithoutErrorAggregation       | a list must stop at a corrupt object              |
//	| RunTestDeleteExpectedTransformOrDecodeError | a delete must succeed because decoding fails      |
var leftOut = []string{
	"RunTestTransformationFailure",
	"RunTestWatchWithUnsafeDelete",
	"RunTestGetListWithErrorAggregation",
	"RunTestGetListWithoutErrorAggregation",
	"RunTestDeleteExpectedTransformOrDecodeError",
}

// TestSuite runs upstream's suite with objects stored as JSON and as protobuf, and with
// objects that are decoded as custom resources are.
func TestSuite(t *testing.T) {
	for _, mediaType := range mediaTypes {
		t.Run(strings.TrimPrefix(mediaType, "application/"), func(t *testing.T) {
			runSuite(t, newCodec(t, mediaType), false)
		})
	}
	t.Run("custom", func(t *testing.T) {
		codec := newCodec(t, runtime.ContentTypeJSON)
		runSuite(t, codec, true)
		t.Run("WatchError", func(t *testing.T) {
			_, pods := newTransformingPods(t, codec)
			pods.alone = true
			storagetesting.RunTestWatchError(context.Background(), t, pods)
		})
		t.Run("WatchErrorIsBlockingFurtherEvents", func(t *testing.T) {
			_, pods := newTransformingPods(t, codec)
			pods.alone = true
			storagetesting.RunWatchErrorIsBlockingFurtherEvents(context.Background(), t, pods)
		})
	})
}

// runSuite runs what every resource must pass; alone says whether the pods are decoded
// as custom resources are.
func runSuite(t *testing.T, codec runtime.Codec, alone bool) {
	run := func(name string, options Options, test func(context.Context, *testing.T, *environment)) {
		t.Run(name, func(t *testing.T) {
			e := newEnvironment(t, options, codec)
			e.pods.alone = alone
			test(context.Background(), t, e)
		})
	}
	plain := func(name string, test func(context.Context, *testing.T, *environment)) {
		run(name, Options{}, test)
	}
	malformed := func(t *testing.T) {
		featuregatetesting.SetFeatureGateDuringTest(t, utilfeature.DefaultFeatureGate, features.AllowUnsafeMalformedObjectDeletion, true)
	}

	plain("Create", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestCreate(ctx, t, e.pods, e.checkStored)
	})
	plain("CreateWithTTL", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestCreateWithTTL(ctx, t, e.pods)
	})
	plain("CreateWithKeyExist", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestCreateWithKeyExist(ctx, t, e.pods)
	})
	plain("Get", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestGet(ctx, t, e.pods)
	})
	plain("UnconditionalDelete", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestUnconditionalDelete(ctx, t, e.pods)
	})
	plain("ConditionalDelete", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestConditionalDelete(ctx, t, e.pods)
	})
	plain("DeleteWithSuggestion", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestDeleteWithSuggestion(ctx, t, e.pods)
	})
	plain("DeleteWithSuggestionAndConflict", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestDeleteWithSuggestionAndConflict(ctx, t, e.pods)
	})
	plain("DeleteWithConflict", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestDeleteWithConflict(ctx, t, e.pods)
	})
	plain("DeleteWithSuggestionOfDeletedObject", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestDeleteWithSuggestionOfDeletedObject(ctx, t, e.pods)
	})
	plain("ValidateDeletionWithSuggestion", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestValidateDeletionWithSuggestion(ctx, t, e.pods)
	})
	plain("ValidateDeletionWithOnlySuggestionValid", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestValidateDeletionWithOnlySuggestionValid(ctx, t, e.pods)
	})
	plain("PreconditionalDeleteWithSuggestion", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestPreconditionalDeleteWithSuggestion(ctx, t, e.pods)
	})
	plain("PreconditionalDeleteWithOnlySuggestionPass", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestPreconditionalDeleteWithOnlySuggestionPass(ctx, t, e.pods)
	})
	plain("DeleteWithConflictAndMissingExpectedTransformOrDecodeError", func(ctx context.Context, t *testing.T, e *environment) {
		malformed(t)
		storagetesting.RunTestDeleteWithConflictAndMissingExpectedTransformOrDecodeError(ctx, t, e.pods, func(bool) {})
	})
	plain("DeleteWithSuggestionAndMissingExpectedTransformOrDecodeError", func(ctx context.Context, t *testing.T, e *environment) {
		malformed(t)
		storagetesting.RunTestDeleteWithSuggestionAndMissingExpectedTransformOrDecodeError(ctx, t, e.pods)
	})

	plain("List", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestList(ctx, t, e.pods, e.compactAsEtcd, false, nil)
	})
	plain("ConsistentList", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestConsistentList(ctx, t, e.pods, e.increaseRevision, false, true, false)
	})
	plain("GetListNonRecursive", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestGetListNonRecursive(ctx, t, e.increaseRevision, e.pods)
	})
	plain("GetListRecursivePrefix", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestGetListRecursivePrefix(ctx, t, e.pods)
	})
	plain("ListContinuation", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestListContinuation(ctx, t, e.pods, nil)
	})
	plain("ListPaginationRareObject", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestListPaginationRareObject(ctx, t, e.pods, nil)
	})
	plain("ListContinuationWithFilter", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestListContinuationWithFilter(ctx, t, e.pods, nil)
	})
	plain("ListInconsistentContinuation", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestListInconsistentContinuation(ctx, t, e.pods, e.compact)
	})
	plain("ListPaging", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestListPaging(ctx, t, e.pods)
	})
	plain("NamespaceScopedList", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestNamespaceScopedList(ctx, t, e.pods)
	})
	plain("CompactRevision", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestCompactRevision(ctx, t, e.pods, e.increaseRevision, e.compact)
	})
	plain("KeySchema", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestKeySchema(ctx, t, e.pods)
	})
	plain("ListResourceVersionMatch", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestListResourceVersionMatch(ctx, t, &growingPods{resource: e.pods})
	})

	t.Run("GuaranteedUpdate", func(t *testing.T) {
		e, pods := newTransformingPods(t, codec)
		pods.alone = alone
		storagetesting.RunTestGuaranteedUpdate(context.Background(), t, pods, e.checkStored)
	})
	t.Run("GuaranteedUpdateChecksStoredData", func(t *testing.T) {
		_, pods := newTransformingPods(t, codec)
		pods.alone = alone
		storagetesting.RunTestGuaranteedUpdateChecksStoredData(context.Background(), t, pods)
	})
	plain("GuaranteedUpdateWithTTL", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestGuaranteedUpdateWithTTL(ctx, t, e.pods)
	})
	plain("GuaranteedUpdateWithConflict", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestGuaranteedUpdateWithConflict(ctx, t, e.pods)
	})
	plain("GuaranteedUpdateWithSuggestionAndConflict", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestGuaranteedUpdateWithSuggestionAndConflict(ctx, t, e.pods)
	})
	plain("Stats", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestStats(ctx, t, e.pods, codec, identity.NewEncryptCheckTransformer(), false)
	})
	plain("StatsWithSizes", func(ctx context.Context, t *testing.T, e *environment) {
		if err := e.pods.EnableResourceSizeEstimation(func(context.Context) ([]string, error) { return nil, nil }); err != nil {
			t.Fatal(err)
		}
		storagetesting.RunTestStats(ctx, t, e.pods, codec, identity.NewEncryptCheckTransformer(), true)
	})

	plain("Watch", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatch(ctx, t, e.pods)
	})
	plain("ClusterScopedWatch", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestClusterScopedWatch(ctx, t, e.pods)
	})
	plain("NamespaceScopedWatch", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestNamespaceScopedWatch(ctx, t, e.pods)
	})
	plain("DeleteTriggerWatch", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestDeleteTriggerWatch(ctx, t, e.pods)
	})
	plain("WatchFromZero", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatchFromZero(ctx, t, e.pods, e.compact)
	})
	plain("WatchFromNonZero", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatchFromNonZero(ctx, t, e.pods)
	})
	plain("DelayedWatchDelivery", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestDelayedWatchDelivery(ctx, t, e.pods)
	})
	plain("WatchContextCancel", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatchContextCancel(ctx, t, e.pods)
	})
	plain("WatcherTimeout", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatcherTimeout(ctx, t, e.pods)
	})
	plain("WatchDeleteEventObjectHaveLatestRV", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatchDeleteEventObjectHaveLatestRV(ctx, t, e.pods)
	})
	plain("WatchInitializationSignal", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatchInitializationSignal(ctx, t, e.pods)
	})
	run("ProgressNotify", Options{BookmarkInterval: time.Second}, func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunOptionalTestProgressNotify(ctx, t, e.pods, e.increaseRevision)
	})
	plain("WatchDispatchBookmarkEvents", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestWatchDispatchBookmarkEvents(ctx, t, e.pods, true)
	})
	plain("OptionalWatchBookmarksWithCorrectResourceVersion", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunTestOptionalWatchBookmarksWithCorrectResourceVersion(ctx, t, e.pods)
	})
	plain("SendInitialEventsBackwardCompatibility", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunSendInitialEventsBackwardCompatibility(ctx, t, e.pods)
	})
	plain("WatchSemantics", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunWatchSemantics(ctx, t, e.pods)
	})
	plain("WatchSemanticInitialEventsExtended", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunWatchSemanticInitialEventsExtended(ctx, t, e.pods)
	})
	plain("WatchListMatchSingle", func(ctx context.Context, t *testing.T, e *environment) {
		storagetesting.RunWatchListMatchSingle(ctx, t, e.pods)
	})
}

// TestSuiteIsWhole fails when upstream's suite has a test or a benchmark that this
// package neither calls nor leaves out with a reason, or the other way round.
func TestSuiteIsWhole(t *testing.T) {
	upstream := map[string]bool{}
	for _, file := range parseFiles(t, "../../../vendor/k8s.io/apiserver/pkg/storage/testing/*.go") {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Recv == nil && strings.HasPrefix(function.Name.Name, "Run") {
				upstream[function.Name.Name] = true
			}
		}
	}
	if len(upstream) < 50 {
		t.Fatalf("found only %d tests in upstream's suite", len(upstream))
	}
	called := map[string]bool{}
	for _, file := range parseFiles(t, "*_test.go") {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
				if name, ok := selector.X.(*ast.Ident); ok && name.Name == "storagetesting" {
					called[selector.Sel.Name] = true
				}
			}
			return true
		})
	}
	for name := range upstream {
		if left := slices.Contains(leftOut, name); left == called[name] {
			t.Errorf("%s: called %t, left out %t, want one of them", name, called[name], left)
		}
	}
	for _, name := range leftOut {
		if !upstream[name] {
			t.Errorf("%s: left out, but not in upstream's suite", name)
		}
	}
}

func parseFiles(t *testing.T, pattern string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files match %q: %v", pattern, err)
	}
	var files []*ast.File
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
