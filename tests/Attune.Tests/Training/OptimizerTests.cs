using Attune.Training.Optimizers;
using Attune.Verification;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training;

public sealed class OptimizerTests
{
    public static IEnumerable<TheoryDataRow<string>> Fixtures() =>
        Attune.Fixtures.Names("optimizer", name => name is "optimizer/torch" or "optimizer/clipping");

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Optimizers_give_the_references_parameters(string name) => Attune.Fixtures.Check(new OptimizerCheck(), name);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Adams_kernel_does_what_its_plain_twin_does(bool decoupled, bool amsgrad)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var rule = new Adam(new Betas(0.9, 0.99), 1e-6, amsgrad, new GradientPreparation(0.1, decoupled, Maximize: amsgrad));

        // More than a chunk, and no multiple of a vector.
        long count = (1 << 19) + 5;
        Tensor[] kernel = [.. Enumerable.Range(0, 4).Select(_ => zeros(count))];
        kernel[0].copy_(randn(count));
        Tensor[] plain = [.. kernel.Select(one => one.clone())];
        for (int step = 1; step <= 3; step++)
        {
            Tensor gradient = randn(count);
            AdamKernel.Update(rule, new FlatStretch(kernel[0], gradient, 1, null, null), kernel[1..], step, 0.01);
            rule.Plain(plain[0], gradient, plain[1..], step, 0.01);
        }

        for (int i = 0; i < (amsgrad ? 4 : 3); i++)
        {
            Assert.True((kernel[i] - plain[i]).abs().max().ToSingle() <= 2e-6f * plain[i].abs().max().ToSingle());
        }
    }

    [Fact]
    public void Gradient_kernels_do_what_their_plain_twins_do()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        long count = (1 << 19) + 37;
        Tensor kernel = zeros(count + 3), plain = zeros(count + 3);
        foreach ((ScalarType type, bool first) in new[] { (ScalarType.Float32, true), (ScalarType.BFloat16, false), (ScalarType.BFloat16, true), (ScalarType.Float32, false) })
        {
            Tensor gradient = randn(count).to(type);
            GradientKernel.Accumulate(kernel, 3, gradient, first);
            GradientKernel.Plain.Accumulate(plain, 3, gradient, first);
            AssertSame(kernel, plain);
        }

        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            Tensor rows = tensor(new long[] { 4, 0, 4, 1000 }), gradients = randn(4, 37).to(type);
            GradientKernel.AccumulateRows(kernel, 3, rows, gradients);
            GradientKernel.Plain.AccumulateRows(plain, 3, rows, gradients);
            AssertSame(kernel, plain);
        }

        Assert.Equal(GradientKernel.Plain.SumOfSquares(plain, 3, count), GradientKernel.SumOfSquares(kernel, 3, count), 1e-6);
        GradientKernel.Scale(kernel, 3, count, 0.3);
        GradientKernel.Plain.Scale(plain, 3, count, 0.3);
        AssertSame(kernel, plain);
    }

    [Fact]
    public void A_sparse_gradient_is_collected_as_the_dense_one_is()
    {
        using var scope = NewDisposeScope();
        using var table = new Nn.Embedding(50, 6, paddingIndex: 3);
        table.Weight.Set(randn(50, 6).requires_grad_());
        using IOptimizer optimizer = Optimizer.Create("sgd", Settings(("lr", 1.0)), [new ParameterGroup([("table", table.Weight.Value)])]);
        Tensor[] collected = [.. new[] { false, true }.Select(isSparse =>
        {
            table.SparseGradient = isSparse;
            foreach (long[] ids in new long[][] { [7, 3, 7, 49], [0, 7] })
            {
                table.Forward(tensor(ids), ScalarType.Float32).square().sum().backward();
                optimizer.Parameters.CollectGradients();
            }

            optimizer.ZeroGradients();
            return optimizer.Parameters.Gradients.clone();
        })];
        AssertSame(collected[0], collected[1]);
        Assert.True(collected[0].abs().sum().ToSingle() > 0);
    }

    [Theory]
    [InlineData("adamw", ScalarType.Float32)]
    [InlineData("adamw", ScalarType.BFloat16)]
    [InlineData("adam", ScalarType.Float32)]
    [InlineData("sgd", ScalarType.BFloat16)]
    public void Rows_that_no_step_touched_are_passed_over_and_the_bits_are_the_same(string name, ScalarType type)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor start = randn(40, 24).to(type), other = randn(30).to(type);
        long[][] steps = [[7, 3, 7, 39], [0, 7], [12], [3, 12, 0], [20, 21]];

        // Every way leaves values and state: rows, the whole, rows with a resume or a gradient of the whole in between.
        float[][] Run(Func<int, bool> isSparse, int resumeAfter)
        {
            using var table = new Nn.Embedding(40, 24);
            table.Weight.Set(start.clone().requires_grad_());
            Tensor second = other.clone().requires_grad_();
            IOptimizer Create() => Optimizer.Create(name, Settings(("lr", 0.1), ("weight_decay", 0.1)), [new ParameterGroup([("table", table.Weight.Value), ("other", second)])]);
            IOptimizer optimizer = Create();
            for (int step = 0; step < steps.Length; step++)
            {
                table.SparseGradient = isSparse(step);
                Tensor found = table.Forward(tensor(steps[step]), type);
                (found.square().sum() + second.square().sum()).backward();
                optimizer.Parameters.CollectGradients();
                Assert.True(Gradients.Clip(optimizer.Parameters, 0.5) > 0.5);
                optimizer.Step(0.1);
                optimizer.ZeroGradients();
                if (step == resumeAfter)
                {
                    var saved = optimizer.Save().ToDictionary(pair => pair.Name, pair => pair.Value.clone());
                    optimizer.Dispose();
                    optimizer = Create();
                    optimizer.Load(key => saved[key].clone());
                }
            }

            float[][] left = [Native.TensorMemory.ToFloats(table.Weight.Value), .. optimizer.Save().Select(pair => Native.TensorMemory.ToFloats(pair.Value))];
            optimizer.Dispose();
            return left;
        }

        float[][] whole = Run(_ => false, -1);
        Assert.NotEqual(Native.TensorMemory.ToFloats(start), whole[0]);
        Assert.Equal(whole, Run(_ => true, -1));
        Assert.Equal(whole, Run(_ => true, 1));
        Assert.Equal(whole, Run(step => step != 2, -1));
    }

    [Fact]
    public void A_parameter_keeps_its_values_and_follows_the_flat_buffer()
    {
        using var scope = NewDisposeScope();
        Tensor a = randn(3, 5).requires_grad_(), b = randn(7).requires_grad_(), c = randn(2, 2).to(bfloat16).requires_grad_();
        Tensor before = a.detach().clone();
        using IOptimizer optimizer = Optimizer.Create("sgd", Settings(("lr", 1.0)), [new ParameterGroup([("a", a), ("b", b), ("c", c)])]);
        AssertSame(a, before);
        Backward(a, b, c);
        optimizer.Parameters.CollectGradients();
        optimizer.Step(1.0);
        Assert.True(a.detach().allclose(before - 1));
        Assert.True(a.requires_grad && a.is_leaf && a.grad is null);
        Assert.Equal(26, optimizer.Parameters.Count);
    }

    [Fact]
    public void Small_updates_of_a_bfloat16_parameter_add_up_in_its_float32_master()
    {
        using var scope = NewDisposeScope();
        Tensor parameter = ones(40, dtype: bfloat16).requires_grad_();
        using IOptimizer optimizer = Optimizer.Create("sgd", Settings(("lr", 0.001)), [new ParameterGroup([("p", parameter)])]);
        for (int step = 0; step < 100; step++)
        {
            // One step is less than half of bfloat16's distance at 1: without a master nothing would ever move.
            Backward(parameter);
            optimizer.Parameters.CollectGradients();
            optimizer.Step(0.001);
            optimizer.ZeroGradients();
        }

        Assert.Equal(0.9f, optimizer.Parameters.Values[0].ToSingle(), 1e-5f);
        Assert.Equal(0.8984375f, parameter[0].to(float32).ToSingle());
        Assert.Contains(optimizer.Save(), pair => pair.Name == "p.master");
    }

    [Fact]
    public void Gradients_of_micro_batches_add_up()
    {
        using var scope = NewDisposeScope();
        Tensor parameter = ones(5, dtype: bfloat16).requires_grad_(), never = ones(3).requires_grad_();
        using var parameters = new TrainedParameters([new ParameterGroup([("p", parameter), ("n", never)])]);
        for (int i = 0; i < 300; i++)
        {
            Backward(parameter);
            parameters.CollectGradients();
        }

        // bfloat16 alone would stop at 256.
        TrainedParameter collected = parameters.All.Single(one => one.Name == "p");
        Assert.Equal(300f, TrainedParameters.View(parameters.Gradients, collected)[4].ToSingle());
        Assert.False(parameters.All.Single(one => one.Name == "n").HasGradient);
        Assert.Equal(300 * Math.Sqrt(5), Gradients.Clip(parameters, 1.0), 1e-6);
        parameters.ZeroGradients();
        Assert.Equal(0, Gradients.Clip(parameters, 1.0));
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("sgd")]
    [InlineData("torch_adafactor")]
    public void An_optimizer_takes_up_where_it_was_saved(string name)
    {
        using var scope = NewDisposeScope();
        (string, object)[] settings = name == "sgd" ? [("lr", 0.1), ("momentum", 0.9)] : [("lr", 0.1)];
        Tensor[] Make() => [arange(6, dtype: float32).reshape(2, 3).requires_grad_(), ones(4, dtype: bfloat16).requires_grad_()];
        IOptimizer Start(Tensor[] tensors) => Optimizer.Create(name, Settings(settings), [new ParameterGroup([("a", tensors[0]), ("b", tensors[1])])]);
        void Step(IOptimizer optimizer, Tensor[] tensors, int step)
        {
            (step == 1 ? tensors[0].square().sum() : tensors[0].square().sum() * step + tensors[1].to(float32).exp().sum()).backward();
            optimizer.Parameters.CollectGradients();
            optimizer.Step(0.1 / (step + 1));
            optimizer.ZeroGradients();
        }

        Tensor[] through = Make(), resumed = Make();
        using IOptimizer first = Start(through);
        for (int step = 0; step < 3; step++)
        {
            Step(first, through, step);
        }

        var saved = first.Save().ToDictionary(pair => pair.Name, pair => pair.Value.clone());
        using (no_grad())
        {
            resumed[0].copy_(through[0]);
            resumed[1].copy_(through[1]);
        }

        using IOptimizer second = Start(resumed);
        second.Load(key => saved[key].clone());
        for (int step = 3; step < 6; step++)
        {
            Step(first, through, step);
            Step(second, resumed, step);
        }

        AssertSame(first.Parameters.Values, second.Parameters.Values);
        AssertSame(through[1], resumed[1]);
        Assert.Equal([6, 5], first.Save().Where(pair => pair.Name.EndsWith(".step", StringComparison.Ordinal)).Select(pair => pair.Value.ToInt64()));
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_named_and_nothing_is_scaled()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(3).requires_grad_(), b = ones(3).requires_grad_();
        using var parameters = new TrainedParameters([new ParameterGroup([("a", a), ("b", b)])]);
        (a.sum() * 5 + b.sum() * float.NaN).backward();
        parameters.CollectGradients();
        Assert.True(double.IsNaN(Gradients.Clip(parameters, 1.0)));
        Assert.Equal("b", Gradients.FirstNotFinite(parameters));
        Assert.Equal(5f, TrainedParameters.View(parameters.Gradients, parameters.All[0])[0].ToSingle());
    }

    [Fact]
    public void A_step_leaves_no_tensors_behind()
    {
        using var scope = NewDisposeScope();
        Tensor a = randn(30, 5).requires_grad_(), b = randn(7).to(bfloat16).requires_grad_();
        using IOptimizer optimizer = Optimizer.Create("adamw", null, [new ParameterGroup([("a", a)]), new ParameterGroup([("b", b)])]);
        var alive = new List<long>();
        for (int step = 0; step < 4; step++)
        {
            using (var inner = NewDisposeScope())
            {
                Backward(a, b);
            }

            optimizer.Parameters.CollectGradients();
            Gradients.Clip(optimizer.Parameters, 1.0);
            optimizer.Step(0.1);
            optimizer.ZeroGradients();
            alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(alive[1], alive[2]);
        Assert.Equal(alive[1], alive[3]);
    }

    [Fact]
    public void A_tensor_that_comes_twice_is_refused()
    {
        using Tensor a = ones(3).requires_grad_();
        Assert.Throws<AttuneException>(() => new TrainedParameters([new ParameterGroup([("a", a), ("b", a)])]));
        Assert.Throws<AttuneException>(() => new TrainedParameters([]));
    }

    [Theory]
    [InlineData("model.layers.0.input_layernorm.weight", false, false)]
    [InlineData("model.norm.weight", false, false)]
    [InlineData("model.layers.0.self_attn.q_norm.weight", false, false)]
    [InlineData("model.layers.0.self_attn.q_proj.bias", false, false)]
    [InlineData("transformer.h.0.ln_1.weight", true, false)]
    [InlineData("transformer.h.0.ln_1.weight", false, true)]
    [InlineData("model.layers.0.self_attn.q_proj.weight", false, true)]
    [InlineData("resnet.embedder.embedder.normalization.weight", false, true)]
    [InlineData("Encoder.LayerNorm.gamma", false, false)]
    public void Weight_decay_follows_the_trainers_rule(string name, bool ofLayerNorm, bool decays) => Assert.Equal(decays, DecayRule.Decays(name, ofLayerNorm));

    private static void AssertSame(Tensor expected, Tensor actual) => Assert.True(expected.eq(actual).all().ToBoolean());

    private static Arguments Settings(params (string Name, object Value)[] values) =>
        new(values.ToDictionary(pair => pair.Name, object? (pair) => pair.Value), "test");

    private static void Backward(params Tensor[] tensors) => tensors.Select(one => one.to(float32).sum()).Aggregate((a, b) => a + b).backward();
}
