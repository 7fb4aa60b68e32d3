# step: hook
kubectl patch deployment api --patch '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":60}}}}'
