namespace Attune.Text.ChatTemplates;

/// <summary>The variable <c>loop</c>: reads one element ahead, and all of them where the length is asked for and not known.</summary>
internal sealed class LoopValue(Run run, Value source, IEnumerable<Value> elements, bool lengthKnown, int depth, Func<Value, int, Value>? recurse) : Value
{
    private readonly Queue<Value> ahead = new();
    private readonly IEnumerator<Value> rest = elements.GetEnumerator();
    private int index = -1;
    private int? length = lengthKnown ? source.Length : null;
    private Value? previous;
    private Value? current;
    private Value? changed;

    public override string TypeName => "LoopContext";

    public override bool IsCallable => true;

    public override int? Length => length ??= CountAll();

    /// <summary>Goes to the next element; null where there is none.</summary>
    public Value? Next()
    {
        if (!Peek())
        {
            return null;
        }

        previous = current;
        current = ahead.Dequeue();
        index++;
        return current;
    }

    public override Value? Attribute(Run caller, string name) => name switch
    {
        "index" => Of(index + 1),
        "index0" => Of(index),
        "revindex" => Of(Length!.Value - index),
        "revindex0" => Of(Length!.Value - index - 1),
        "first" => Of(index == 0),
        "last" => Of(!Peek()),
        "length" => Of(Length!.Value),
        "depth" => Of(depth + 1),
        "depth0" => Of(depth),
        "previtem" => index <= 0 ? new UndefinedValue("there is no previous item") : previous,
        "nextitem" => Peek() ? ahead.Peek() : new UndefinedValue("there is no next item"),
        "cycle" => new FunctionValue(name, (_, arguments) => arguments.Positional.Count > 0
            ? arguments.Positional[index % arguments.Positional.Count] : throw run.Fail("no items for cycling given")),
        "changed" => new FunctionValue(name, (_, arguments) => Changed(new ListValue(run, arguments.Positional, isTuple: true))),
        _ => null,
    };

    public override Value Call(Run caller, Arguments arguments)
    {
        Bound bound = arguments.Bind(caller, "loop", ["iterable"], 1);
        return recurse?.Invoke(bound[0]!, depth + 1) ?? throw caller.Fail("the loop must be marked 'recursive' to be called");
    }

    public override void WriteRepr(Run caller, TracedBuilder to) => to.Append($"<LoopContext {index + 1}/{Length}>");

    private Value Changed(Value value)
    {
        bool differs = changed is null || !changed.EqualTo(run, value);
        changed = value;
        return Of(differs);
    }

    private bool Peek()
    {
        if (ahead.Count == 0 && rest.MoveNext())
        {
            ahead.Enqueue(rest.Current);
        }

        return ahead.Count > 0;
    }

    private int CountAll()
    {
        while (rest.MoveNext())
        {
            run.Budget.Step();
            ahead.Enqueue(rest.Current);
        }

        return index + 1 + ahead.Count;
    }
}
