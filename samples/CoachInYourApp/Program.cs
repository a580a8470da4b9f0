using Attune.Generation;
using Attune.Recipes;
using Attune.Training;
using Microsoft.Extensions.AI;

var run = await Trainer.TrainAsync(new Recipe
{
    Model = new() { Source = "builtin:tiny" }, // or a folder, a .gguf file, a hub id such as HuggingFaceTB/SmolLM2-135M-Instruct
    Data = new() { Train = [args[0]], Split = new() { Test = 0.1 } },
    Method = new("lora", RecipeMap.Parse("{ rank: 16, alpha: 32 }")),
    Train = new() { MaxSteps = int.Parse(args[1]), LearningRate = 1e-3 },
    Output = "runs/coach",
}, happened => { if (happened is StepDone step) { Console.WriteLine($"step {step.Step}: loss {step.Loss:F3}"); } });
var perplexity = run.Report!.HeldOut!.Perplexity;
Console.WriteLine($"perplexity on rows that it did not see: {perplexity.Before:F1} before, {perplexity.After:F1} after");

using IChatClient coach = await AttuneChatClient.OpenAsync(run.Artifact!);
var talk = new List<ChatMessage>();
while (Console.ReadLine() is { Length: > 0 } line)
{
    talk.Add(new(ChatRole.User, line));
    var reply = await coach.GetResponseAsync(talk);
    Console.WriteLine(reply.Text);
    talk.AddMessages(reply);
}
