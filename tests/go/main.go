// Goes through every operation of one agent with plain gRPC: no SDK, only stubs generated from our protos, as any other
// service would have them.
//
// usage: client SCENE GRPC
// SCENE is JSON: the agent's name and URL, the token of its callers, and the words that make it do things; see
// docs/interop.md.
// Prints one line of JSON for each of the scene's operations: whether it was as A2A 1.0 says, and if not, why.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	"interop/pb/a2a"
	"interop/pb/orchestrator"
)

// An operation that takes longer hangs.
const patience = 20 * time.Second

// Scene is an agent, and the words that make it do things.
type Scene struct {
	Server, URL, Token string
	Work, Open, Reply  string
	Ask                struct {
		First, Last string
		Again       []string
	}
	Operations []string
}

// Cell is the outcome of one operation.
type Cell struct {
	Client    string `json:"client"`
	SDK       string `json:"sdk"`
	Server    string `json:"server"`
	Binding   string `json:"binding"`
	Operation string `json:"operation"`
	Result    string `json:"result"`
	Why       string `json:"why,omitempty"`
}

// Agent is what the operations need of one agent.
type Agent struct {
	Scene
	card *a2a.AgentCard
	rpc  a2a.A2AServiceClient
	runs orchestrator.OrchestratorClient
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(scene, binding string) error {
	agent := &Agent{}
	if err := json.Unmarshal([]byte(scene), &agent.Scene); err != nil {
		return err
	}
	if binding != "GRPC" {
		return fmt.Errorf("stubs speak gRPC, and not %s", binding)
	}
	if err := agent.connect(); err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	for _, name := range agent.Operations {
		cell := Cell{"go", "grpc-go " + grpc.Version + ", stubs of our protos", agent.Server, binding, name, "ok", ""}
		if err := agent.perform(name); err != nil {
			cell.Result, cell.Why = "failed", fmt.Sprintf("%.400s", err)
		}
		if err := out.Encode(cell); err != nil {
			return err
		}
	}
	return nil
}

// connect dials the gRPC interface that the agent's card names.
func (agent *Agent) connect() error {
	card, err := cardAt(agent.URL)
	if err != nil {
		return err
	}
	for _, one := range card.SupportedInterfaces {
		if one.ProtocolBinding == "GRPC" && one.ProtocolVersion == "1.0" {
			conn, err := grpc.NewClient(one.Url, grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				return err
			}
			agent.card, agent.rpc = card, a2a.NewA2AServiceClient(conn)
			agent.runs = orchestrator.NewOrchestratorClient(conn)
			return nil
		}
	}
	return fmt.Errorf("no gRPC interface in %v", card)
}

func cardAt(url string) (*a2a.AgentCard, error) {
	answer, err := http.Get(url + "/.well-known/agent-card.json")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	card := &a2a.AgentCard{}
	return card, protojson.Unmarshal(body, card)
}

func (agent *Agent) perform(name string) error {
	operation, ok := operations[name]
	if !ok {
		return errors.New("there is no such operation here")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return operation(agent, ctx)
}
