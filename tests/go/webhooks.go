package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"interop/pb/a2a"
)

func (agent *Agent) keepsWebhooks(ctx context.Context) error {
	task, err := agent.done(ctx)
	if err != nil {
		return err
	}
	hook := &a2a.TaskPushNotificationConfig{TaskId: task.Id, Url: "https://example.com/hook", Token: "secret"}
	made, err := agent.rpc.CreateTaskPushNotificationConfig(agent.as(ctx), hook)
	if err != nil {
		return err
	}
	if err := shows(made.Id != "" && made.TaskId == task.Id && made.Url == hook.Url, made); err != nil {
		return err
	}
	named := &a2a.GetTaskPushNotificationConfigRequest{TaskId: task.Id, Id: made.Id}
	got, err := agent.rpc.GetTaskPushNotificationConfig(agent.as(ctx), named)
	if err != nil {
		return err
	}
	every := &a2a.ListTaskPushNotificationConfigsRequest{TaskId: task.Id}
	listed, err := agent.rpc.ListTaskPushNotificationConfigs(agent.as(ctx), every)
	if err != nil {
		return err
	}
	same := proto.Equal(got, made) && len(listed.Configs) == 1 && proto.Equal(listed.Configs[0], made)
	if err := shows(same, listed); err != nil {
		return err
	}
	for range 2 {
		gone := &a2a.DeleteTaskPushNotificationConfigRequest{TaskId: task.Id, Id: made.Id}
		if _, err := agent.rpc.DeleteTaskPushNotificationConfig(agent.as(ctx), gone); err != nil {
			return err
		}
	}
	_, err = agent.rpc.GetTaskPushNotificationConfig(agent.as(ctx), named)
	return refused(err, codes.NotFound, "TASK_NOT_FOUND")
}

// notification is one call of a webhook, with what the stubs read in it.
type notification struct {
	head  http.Header
	event *a2a.StreamResponse
	err   error
}

func (agent *Agent) pushes(ctx context.Context) error {
	// An agent tells of less than that; whoever waits for room is called again.
	told := make(chan notification, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		event := &a2a.StreamResponse{}
		if err == nil {
			err = protojson.Unmarshal(body, event)
		}
		out.WriteHeader(http.StatusNoContent)
		told <- notification{in.Header, event, err}
	}))
	defer hook.Close()
	work := request(agent.Work)
	work.Configuration.ReturnImmediately = true
	work.Configuration.TaskPushNotificationConfig = &a2a.TaskPushNotificationConfig{
		Url: hook.URL, Token: "t0ken",
		Authentication: &a2a.AuthenticationInfo{Scheme: "Bearer", Credentials: "w0rd"},
	}
	task, err := agent.sent(ctx, work)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return shows(false, "no notification of the end")
		case one := <-told:
			if err := one.isOf(task.Id); err != nil {
				return err
			}
			if last([]*a2a.StreamResponse{one.event}) == completed {
				return nil
			}
		}
	}
}

func (one notification) isOf(task string) error {
	if one.err != nil {
		return one.err
	}
	ids := []string{one.event.GetTask().GetId(), one.event.GetStatusUpdate().GetTaskId(), one.event.GetArtifactUpdate().GetTaskId()}
	fine := ids[0] == task || ids[1] == task || ids[2] == task
	fine = fine && one.head.Get("Authorization") == "Bearer w0rd" && one.head.Get("X-A2A-Notification-Token") == "t0ken"
	return shows(fine, one)
}
