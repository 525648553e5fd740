package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"interop/pb/a2a"
	"interop/pb/orchestrator"
)

const (
	completed = a2a.TaskState_TASK_STATE_COMPLETED
	canceled  = a2a.TaskState_TASK_STATE_CANCELED
	asks      = a2a.TaskState_TASK_STATE_INPUT_REQUIRED
)

var operations = map[string]func(*Agent, context.Context) error{
	"card": (*Agent).showsItsCard, "send": (*Agent).sends, "nowait": (*Agent).doesNotWait,
	"reply": (*Agent).replies, "stream": (*Agent).streams, "get": (*Agent).gets, "list": (*Agent).lists,
	"subscribe": (*Agent).subscribes, "resubscribe": (*Agent).resubscribes, "cancel": (*Agent).cancels,
	"turns": (*Agent).converses, "turns-stream": (*Agent).conversesByStream,
	"push-config": (*Agent).keepsWebhooks, "push-delivery": (*Agent).pushes,
	"extended-card": (*Agent).showsItsExtendedCard, "token": (*Agent).wantsAToken,
	"unknown-task": (*Agent).knowsNobody, "ended-task": (*Agent).hasEnded, "bad-request": (*Agent).refuses,
	"runs": (*Agent).runsPlans,
}

func shows(condition bool, what any) error {
	if condition {
		return nil
	}
	return fmt.Errorf("unexpected: %v", what)
}

// as adds what every call says: the version of the protocol, and who calls.
func (agent *Agent) as(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "a2a-version", "1.0", "authorization", "Bearer "+agent.Token)
}

// refused checks that an error has this code and, where one is expected, this ErrorInfo.reason of A2A's.
func refused(err error, code codes.Code, reason string) error {
	return refusedBy(err, code, "a2a-protocol.org", reason)
}

// refusedBy checks the same of a reason of this domain.
func refusedBy(err error, code codes.Code, domain, reason string) error {
	said := status.Convert(err)
	if said.Code() != code {
		return fmt.Errorf("%v instead of %v", err, code)
	}
	for _, detail := range said.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return shows(info.Reason == reason && info.Domain == domain, info)
		}
	}
	return shows(reason == "", "no ErrorInfo in "+err.Error())
}

func request(words string) *a2a.SendMessageRequest {
	part := &a2a.Part{Content: &a2a.Part_Text{Text: words}}
	id := fmt.Sprintf("go-%d", time.Now().UnixNano())
	return &a2a.SendMessageRequest{
		Message:       &a2a.Message{MessageId: id, Role: a2a.Role_ROLE_USER, Parts: []*a2a.Part{part}},
		Configuration: &a2a.SendMessageConfiguration{},
	}
}

// answer is the next turn of a task, by the task's id alone.
func answer(words, task string) *a2a.SendMessageRequest {
	next := request(words)
	next.Message.TaskId = task
	return next
}

func (agent *Agent) sent(ctx context.Context, request *a2a.SendMessageRequest) (*a2a.Task, error) {
	answer, err := agent.rpc.SendMessage(agent.as(ctx), request)
	if err != nil {
		return nil, err
	}
	return answer.GetTask(), shows(answer.GetTask().GetId() != "", answer)
}

func (agent *Agent) done(ctx context.Context) (*a2a.Task, error) {
	task, err := agent.sent(ctx, request(agent.Work))
	if err != nil {
		return nil, err
	}
	return task, shows(task.Status.State == completed, task)
}

func (agent *Agent) opened(ctx context.Context) (*a2a.Task, error) {
	open := request(agent.Open)
	open.Configuration.ReturnImmediately = true
	task, err := agent.sent(ctx, open)
	if err != nil {
		return nil, err
	}
	return task, shows(task.Status.State != completed && task.Status.State != canceled, task)
}

// ended polls until the task has this state.
func (agent *Agent) ended(ctx context.Context, id string, state a2a.TaskState) (*a2a.Task, error) {
	for {
		task, err := agent.rpc.GetTask(agent.as(ctx), &a2a.GetTaskRequest{Id: id})
		if err != nil || task.Status.State == state {
			return task, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("still %v", task.Status.State)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

type events = grpc.ServerStreamingClient[a2a.StreamResponse]

// rest is what is left of a stream, to its end.
func rest(stream events) (kept []*a2a.StreamResponse, err error) {
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return kept, shows(len(kept) > 0, "an empty stream")
		}
		if err != nil {
			return nil, err
		}
		kept = append(kept, event)
	}
}

// last is the state that a stream's last event tells of.
func last(kept []*a2a.StreamResponse) a2a.TaskState {
	event := kept[len(kept)-1]
	if task := event.GetTask(); task != nil {
		return task.Status.State
	}
	return event.GetStatusUpdate().GetStatus().GetState()
}

func (agent *Agent) showsItsCard(context.Context) error {
	can := agent.card.Capabilities
	fine := can.GetStreaming() && can.GetPushNotifications() && can.GetExtendedAgentCard()
	return shows(fine && agent.card.Name != "" && len(agent.card.Skills) > 0, agent.card)
}

func (agent *Agent) sends(ctx context.Context) error {
	task, err := agent.done(ctx)
	if err != nil {
		return err
	}
	return shows(len(task.Artifacts) > 0 && task.ContextId != "", task)
}

func (agent *Agent) doesNotWait(ctx context.Context) error {
	work := request(agent.Work)
	work.Configuration.ReturnImmediately = true
	task, err := agent.sent(ctx, work)
	if err != nil {
		return err
	}
	task, err = agent.ended(ctx, task.Id, completed)
	if err != nil {
		return err
	}
	return shows(len(task.Artifacts) > 0, task)
}

func (agent *Agent) replies(ctx context.Context) error {
	answer, err := agent.rpc.SendMessage(agent.as(ctx), request(agent.Reply))
	if err != nil {
		return err
	}
	parts := answer.GetMessage().GetParts()
	return shows(len(parts) == 1 && parts[0].GetText() != "", answer)
}

func (agent *Agent) streams(ctx context.Context) error {
	stream, err := agent.rpc.SendStreamingMessage(agent.as(ctx), request(agent.Work))
	if err != nil {
		return err
	}
	kept, err := rest(stream)
	if err != nil {
		return err
	}
	artifacts := 0
	for _, event := range kept {
		if event.GetArtifactUpdate() != nil {
			artifacts++
		}
	}
	return shows(kept[0].GetTask() != nil && last(kept) == completed && artifacts > 0, kept)
}

func (agent *Agent) gets(ctx context.Context) error {
	task, err := agent.done(ctx)
	if err != nil {
		return err
	}
	got, err := agent.rpc.GetTask(agent.as(ctx), &a2a.GetTaskRequest{Id: task.Id})
	if err != nil {
		return err
	}
	if err := shows(got.ContextId == task.ContextId && len(got.History) > 0 && sameArtifacts(got, task), got); err != nil {
		return err
	}
	bare, err := agent.rpc.GetTask(agent.as(ctx), &a2a.GetTaskRequest{Id: task.Id, HistoryLength: proto.Int32(0)})
	if err != nil {
		return err
	}
	return shows(len(bare.History) == 0, bare)
}

func sameArtifacts(one, other *a2a.Task) bool {
	return proto.Equal(&a2a.Task{Artifacts: one.Artifacts}, &a2a.Task{Artifacts: other.Artifacts})
}

func (agent *Agent) lists(ctx context.Context) error {
	task, err := agent.done(ctx)
	if err != nil {
		return err
	}
	other, err := agent.done(ctx)
	if err != nil {
		return err
	}
	list := func(query *a2a.ListTasksRequest, id string) (string, error) {
		page, err := agent.rpc.ListTasks(agent.as(ctx), query)
		if err != nil {
			return "", err
		}
		return page.NextPageToken, shows(len(page.Tasks) == 1 && page.Tasks[0].Id == id, page)
	}
	next, err := list(&a2a.ListTasksRequest{ContextId: task.ContextId}, task.Id)
	if err != nil {
		return err
	}
	if err := shows(next == "", next); err != nil {
		return err
	}
	next, err = list(&a2a.ListTasksRequest{PageSize: proto.Int32(1)}, other.Id)
	if err != nil {
		return err
	}
	_, err = list(&a2a.ListTasksRequest{PageSize: proto.Int32(1), PageToken: next}, task.Id)
	return err
}

// watched is a stream of the task, its first event taken.
func (agent *Agent) watched(ctx context.Context, id string) (events, error) {
	stream, err := agent.rpc.SubscribeToTask(agent.as(ctx), &a2a.SubscribeToTaskRequest{Id: id})
	if err != nil {
		return nil, err
	}
	first, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	return stream, shows(first.GetTask().GetId() == id, first)
}

func (agent *Agent) subscribes(ctx context.Context) error {
	task, err := agent.opened(ctx)
	if err != nil {
		return err
	}
	return agent.watchedToItsEnd(ctx, task.Id)
}

func (agent *Agent) watchedToItsEnd(ctx context.Context, id string) error {
	stream, err := agent.watched(ctx, id)
	if err != nil {
		return err
	}
	if _, err := agent.rpc.CancelTask(agent.as(ctx), &a2a.CancelTaskRequest{Id: id}); err != nil {
		return err
	}
	kept, err := rest(stream)
	if err != nil {
		return err
	}
	return shows(last(kept) == canceled, kept)
}

func (agent *Agent) resubscribes(ctx context.Context) error {
	task, err := agent.opened(ctx)
	if err != nil {
		return err
	}
	cut, hangUp := context.WithCancel(ctx)
	_, err = agent.watched(cut, task.Id)
	hangUp()
	if err != nil {
		return err
	}
	return agent.watchedToItsEnd(ctx, task.Id)
}

func (agent *Agent) cancels(ctx context.Context) error {
	task, err := agent.opened(ctx)
	if err != nil {
		return err
	}
	if _, err := agent.rpc.CancelTask(agent.as(ctx), &a2a.CancelTaskRequest{Id: task.Id}); err != nil {
		return err
	}
	_, err = agent.ended(ctx, task.Id, canceled)
	return err
}

func (agent *Agent) converses(ctx context.Context) error {
	task, err := agent.sent(ctx, request(agent.Ask.First))
	if err != nil {
		return err
	}
	turn := func(words string, state a2a.TaskState) error {
		next, err := agent.sent(ctx, answer(words, task.Id))
		if err != nil {
			return err
		}
		return shows(next.Id == task.Id && next.ContextId == task.ContextId && next.Status.State == state, next)
	}
	if err := shows(task.Status.State == asks && len(task.Status.Message.GetParts()) > 0, task); err != nil {
		return err
	}
	for _, words := range agent.Ask.Again {
		if err := turn(words, asks); err != nil {
			return err
		}
	}
	return turn(agent.Ask.Last, completed)
}

func (agent *Agent) conversesByStream(ctx context.Context) error {
	task := ""
	turn := func(words string, state a2a.TaskState) error {
		stream, err := agent.rpc.SendStreamingMessage(agent.as(ctx), answer(words, task))
		if err != nil {
			return err
		}
		kept, err := rest(stream)
		if err != nil {
			return err
		}
		first := kept[0].GetTask().GetId()
		same := first != "" && (task == "" || first == task)
		task = first
		return shows(same && last(kept) == state, kept)
	}
	for _, words := range append([]string{agent.Ask.First}, agent.Ask.Again...) {
		if err := turn(words, asks); err != nil {
			return err
		}
	}
	return turn(agent.Ask.Last, completed)
}

func (agent *Agent) showsItsExtendedCard(ctx context.Context) error {
	card, err := agent.rpc.GetExtendedAgentCard(agent.as(ctx), &a2a.GetExtendedAgentCardRequest{})
	if err != nil {
		return err
	}
	return shows(card.Name == agent.card.Name && len(card.Skills) > 0, card)
}

func (agent *Agent) wantsAToken(ctx context.Context) error {
	_, err := agent.rpc.SendMessage(metadata.AppendToOutgoingContext(ctx, "a2a-version", "1.0"), request(agent.Work))
	return refusedBy(err, codes.Unauthenticated, "watchroom", "NOT_ADMITTED")
}

func (agent *Agent) knowsNobody(ctx context.Context) error {
	nobody := "00000000-0000-4000-8000-000000000000"
	_, err := agent.rpc.GetTask(agent.as(ctx), &a2a.GetTaskRequest{Id: nobody})
	if err := refused(err, codes.NotFound, "TASK_NOT_FOUND"); err != nil {
		return err
	}
	_, err = agent.rpc.CancelTask(agent.as(ctx), &a2a.CancelTaskRequest{Id: nobody})
	if err := refused(err, codes.NotFound, "TASK_NOT_FOUND"); err != nil {
		return err
	}
	_, err = agent.watched(ctx, nobody)
	return refused(err, codes.NotFound, "TASK_NOT_FOUND")
}

func (agent *Agent) hasEnded(ctx context.Context) error {
	task, err := agent.done(ctx)
	if err != nil {
		return err
	}
	_, err = agent.rpc.CancelTask(agent.as(ctx), &a2a.CancelTaskRequest{Id: task.Id})
	if err := refused(err, codes.FailedPrecondition, "TASK_NOT_CANCELABLE"); err != nil {
		return err
	}
	_, err = agent.watched(ctx, task.Id)
	if err := refused(err, codes.FailedPrecondition, "UNSUPPORTED_OPERATION"); err != nil {
		return err
	}
	_, err = agent.sent(ctx, answer(agent.Work, task.Id))
	return refused(err, codes.FailedPrecondition, "UNSUPPORTED_OPERATION")
}

func (agent *Agent) refuses(ctx context.Context) error {
	_, err := agent.rpc.ListTasks(agent.as(ctx), &a2a.ListTasksRequest{PageSize: proto.Int32(101)})
	if err := refused(err, codes.InvalidArgument, "INVALID_PARAMS"); err != nil {
		return err
	}
	// Without a version it is A2A 0.3 that speaks.
	bare := metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+agent.Token)
	_, err = agent.rpc.SendMessage(bare, request(agent.Work))
	return refused(err, codes.FailedPrecondition, "VERSION_NOT_SUPPORTED")
}

// runsPlans uses the operator's own API, which has no other binding.
func (agent *Agent) runsPlans(ctx context.Context) error {
	source := &orchestrator.StartRunRequest_Text{Text: agent.Work}
	id := fmt.Sprintf("go-%d", time.Now().UnixNano())
	run, err := agent.runs.StartRun(agent.as(ctx), &orchestrator.StartRunRequest{RequestId: id, Source: source})
	if err != nil {
		return err
	}
	stream, err := agent.runs.WatchRun(agent.as(ctx), &orchestrator.WatchRunRequest{Id: run.Id})
	if err != nil {
		return err
	}
	for seen := 0; ; seen++ {
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("after %d events: %w", seen, err)
		}
	}
	run, err = agent.runs.GetRun(agent.as(ctx), &orchestrator.GetRunRequest{Id: run.Id})
	if err != nil {
		return err
	}
	return shows(run.State == orchestrator.RunState_RUN_STATE_COMPLETED && len(run.Steps) > 0, run)
}
